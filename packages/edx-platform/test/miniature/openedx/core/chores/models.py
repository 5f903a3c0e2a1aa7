from django.db import models


class Chore(models.Model):
    text = models.CharField(max_length=255)
    done_by = models.CharField(max_length=255)
