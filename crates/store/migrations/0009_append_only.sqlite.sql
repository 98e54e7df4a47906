CREATE TRIGGER membership_event_no_update BEFORE UPDATE ON membership_event BEGIN SELECT RAISE(ABORT, 'steps of memberships are append-only'); END;

CREATE TRIGGER membership_event_no_delete BEFORE DELETE ON membership_event BEGIN SELECT RAISE(ABORT, 'steps of memberships are append-only'); END;
