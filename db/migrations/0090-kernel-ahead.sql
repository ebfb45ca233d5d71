-- module: kernel · why: a demo may be moved to a later business day; whatever the database stamps itself has to move with it
-- How far the program's clock runs ahead of the machine's. Nothing but a demo's start replaces it (platform/instance/demo-day.ts).
create function kernel.ahead() returns interval language sql immutable as $$ select interval '0' $$;
