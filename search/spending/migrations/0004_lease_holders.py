from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('spending', '0003_clicks_of_sales'),
    ]

    operations = [
        migrations.CreateModel(
            name='LeaseHolder',
            fields=[
                ('worker', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
    ]
