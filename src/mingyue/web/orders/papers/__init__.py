"""Documents of a deal: quote, order confirmation, invoice and credit note, as JSON and as PDF.

Rows → documents.py (facts) → sheets.py (words of one language) → press.py (a PDF).
"""
