"""What all comparisons share: texts and vectors, words, times, memory."""
