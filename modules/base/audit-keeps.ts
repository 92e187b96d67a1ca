/**
 * DDL that refuses to change or remove rows, whoever asks the database. Who owns the database can take it away again: that is
 * what the chain of seals is for.
 */
export function onlyAddedTo(table: string): Readonly<Record<string, { readonly up: string; readonly down: string }>> {
  return {
    only_added_to: {
      up: `do $do$ begin
  create or replace function ${table}_only_added_to() returns trigger language plpgsql as $fn$ begin
    raise exception 'The audit log is only ever added to.' using errcode = 'restrict_violation';
  end $fn$;
  create or replace trigger ${table}_only_added_to before update or delete or truncate on "${table}"
    for each statement execute function ${table}_only_added_to();
end $do$`,
      down: `drop function if exists ${table}_only_added_to cascade`,
    },
  }
}

/** The same, but for the one change that gives a new row its number at the end of the transaction: until then its id stands there. */
export function onlyNumberedIn(table: string): Readonly<Record<string, { readonly up: string; readonly down: string }>> {
  const { only_added_to: added } = onlyAddedTo(table)
  return {
    only_added_to: {
      up: `do $do$ begin
  create or replace function ${table}_only_added_to() returns trigger language plpgsql as $fn$ begin
    if tg_op = 'UPDATE' and old.number = old.id::text and to_jsonb(new) - 'number' = to_jsonb(old) - 'number' then
      return new;
    end if;
    raise exception 'The audit log is only ever added to.' using errcode = 'restrict_violation';
  end $fn$;
  create or replace trigger ${table}_only_added_to before delete or truncate on "${table}"
    for each statement execute function ${table}_only_added_to();
  create or replace trigger ${table}_only_numbered before update on "${table}"
    for each row execute function ${table}_only_added_to();
end $do$`,
      down: added!.down,
    },
  }
}

/** The same, but for the one change that erases: `salt` and `details` together become empty. */
export function onlyErasedIn(table: string): Readonly<Record<string, { readonly up: string; readonly down: string }>> {
  return {
    only_erased: {
      up: `do $do$ begin
  create or replace function ${table}_only_erased() returns trigger language plpgsql as $fn$ begin
    if tg_op = 'UPDATE' and new.salt is null and new.details is null and new.id = old.id and new.entry_id = old.entry_id then
      return new;
    end if;
    raise exception 'Personal details of the audit log are only ever erased.' using errcode = 'restrict_violation';
  end $fn$;
  create or replace trigger ${table}_only_erased before update or delete on "${table}"
    for each row execute function ${table}_only_erased();
  create or replace trigger ${table}_never_emptied before truncate on "${table}"
    for each statement execute function ${table}_only_erased();
end $do$`,
      down: `drop function if exists ${table}_only_erased cascade`,
    },
  }
}
