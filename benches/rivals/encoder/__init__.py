"""Our encoder's job, done by onnxruntime."""
