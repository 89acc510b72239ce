"""A whole copy of the product under traffic while its processes are killed or the provider fails.

Short forms run with the suite; ``make soak`` runs the long ones.
"""
