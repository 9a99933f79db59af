from django.db import migrations, models
import django.utils.timezone


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('body', models.BinaryField()),
                ('attempts', models.IntegerField(default=0)),
                ('due_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('event_key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('call_id', models.BigIntegerField(db_index=True)),
                ('panel', models.TextField()),
                ('channel', models.TextField()),
                ('activity', models.TextField()),
                ('contact', models.TextField()),
                ('event', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='ContactActivity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.TextField()),
                ('channel', models.TextField()),
                ('activity', models.TextField()),
                ('last_time', models.TextField()),
            ],
            options={
                'unique_together': {('contact', 'channel', 'activity')},
            },
        ),
    ]
