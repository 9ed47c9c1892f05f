"""The proof of the Windows program: installed and used under Wine (see check.py)."""
