CREATE TRIGGER membership_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON membership_event EXECUTE FUNCTION append_only();
