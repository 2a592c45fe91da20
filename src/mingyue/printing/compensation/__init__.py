"""Masks bent so that the solid comes out as designed: a print package in, a print package out."""
