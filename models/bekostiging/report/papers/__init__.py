"""What a council, a college, a board and an accountant hold in their hands, in Word, of one comparison."""
