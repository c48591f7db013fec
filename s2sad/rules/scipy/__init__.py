"""The rules of SciPy, where it is installed; each file is loaded when the module it is about is in use."""
