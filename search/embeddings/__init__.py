"""The models behind the embedders: two that ship in wheels, and any behind an address."""
