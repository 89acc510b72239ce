"""Use cases of listings, by noun: drafts, reviews, life, enquiries, views, bulk."""
