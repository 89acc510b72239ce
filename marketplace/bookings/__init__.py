"""Bookings of a facility's lines, instruments and rooms: times, capacity, approval, wait list.

Every change of capacity locks its parent first (resource, then slots, each by ascending id), then
changes it by one conditional statement; CHECK and EXCLUDE stand behind. Lock order across domains:
payment, resource, slot, booking. Higher domains go on from ``services.use``.
"""
