"""The view Can you trust it?"""
