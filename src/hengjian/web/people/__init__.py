"""Who works here: users, the organisation tree, posts, and the one policy that says who may do what."""
