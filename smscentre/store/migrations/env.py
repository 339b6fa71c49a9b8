"""How Alembic runs our revisions: on the connection that `schema` hands over."""

from alembic import context

from smscentre.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
