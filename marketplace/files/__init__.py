"""Attachments: type judged by content, size, hash, visibility."""
