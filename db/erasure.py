"""Having the files of the database forget what was erased from it."""

from contextlib import closing

from sqlalchemy import Engine


def clean(engine: Engine) -> bool:
    """Write the database anew without what was erased, its write-ahead log emptied. False when a page that somebody
    reads held the log back: it empties at the next quiet moment."""
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (FULL)")
        return True
    with closing(engine.raw_connection()) as connection:  # the driver itself: a transaction must not be opened
        cursor = connection.cursor()
        for order in ("PRAGMA secure_delete=ON", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            told = cursor.execute(order).fetchone()
        cursor.close()
    return bool(told[0] == 0)
