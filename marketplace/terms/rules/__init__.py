"""Pure rules of terms: no session, no clock, no request."""
