"""Tests in networks of their own: a village PC, its router with the internet behind it, and the county, each in a
namespace that the test makes and takes away."""
