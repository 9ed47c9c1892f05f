"""Reads a plan that somebody wrote: an outline of its items, and what rules their sentences hold.

What is found is offered, never entered. How plans say things is data (``resources/reading``, a
grammar a language); ``engine`` applies it. Nothing here knows an office.
"""
