"""What every part uses: wording, pointers, regular expressions compiled late."""
