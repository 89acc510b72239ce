"""Facilities: centres, pilot platforms, laboratories and offices with what they can do.

Capability rows, certificates, people, limits, hours and closures are plain values of the facility
(nothing refers to them, and revisions keep them whole); instruments are rows, for bookings do.
"""
