"""What people say of the answers, as counts for the people who write them."""
