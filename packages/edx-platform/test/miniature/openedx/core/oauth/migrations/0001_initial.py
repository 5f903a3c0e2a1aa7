from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255, unique=True)),
                ('username', models.CharField(max_length=255)),
                ('client_id', models.CharField(max_length=100)),
                ('redirect_uris', models.TextField()),
            ],
            options={'db_table': 'oauth2_provider_application'},
        ),
    ]
