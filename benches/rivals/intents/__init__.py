"""Intents: scikit-learn on the texts and vectors that we learn from."""
