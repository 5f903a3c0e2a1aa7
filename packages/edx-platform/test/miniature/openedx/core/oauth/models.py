from django.db import models


class Application(models.Model):
    name = models.CharField(max_length=255, unique=True)
    username = models.CharField(max_length=255)
    client_id = models.CharField(max_length=100)
    redirect_uris = models.TextField()

    class Meta:
        db_table = 'oauth2_provider_application'
