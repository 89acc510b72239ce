"""Tests; a package so that factories and fakes can be imported by name."""
