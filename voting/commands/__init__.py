"""The commands of `yishi`, one file each; `voting.cli` assembles them."""
