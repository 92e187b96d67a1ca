/** The tables, functions and extensions that core itself needs, in statements that may run again. */

export const coreTables: readonly string[] = [
  'create extension if not exists pg_trgm with schema public',
  'create extension if not exists unaccent with schema public',
  // Immutable by declaration, so that an index may use it: the dictionary of unaccent does not change while a database lives.
  `create or replace function tessera_plain(text) returns text language sql immutable parallel safe strict
     as $$ select lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$`,
  'create schema if not exists tessera_seq',
  `create table if not exists tessera_module (
     name text primary key, version text not null, installed_at timestamptz not null default now())`,
  // A disabled module keeps its tables and is composed into nothing.
  `alter table tessera_module add column if not exists state text not null default 'enabled' check (state in ('enabled', 'disabled'))`,
  'create table if not exists tessera_state (key text primary key, value jsonb not null)',
  // Fields that administrators added: real columns, declared here instead of in code.
  `create table if not exists tessera_field (
     model text not null, name text not null, definition jsonb not null, created_at timestamptz not null default now(), created_by uuid,
     primary key (model, name))`,
  'create table if not exists tessera_counter (name text primary key, value bigint not null)',
  // The values that were shipped last: an upgrade changes what nobody changed since.
  'create table if not exists tessera_shipped (key text primary key, value text not null)',
  'alter table tessera_shipped add column if not exists module text',
  'create table if not exists tessera_migration (module text not null, name text not null, at timestamptz not null default now(), primary key (module, name))',
  'alter table tessera_migration add column if not exists checksum text',
  'create table if not exists tessera_ddl (model text not null, name text not null, up text not null, down text not null, primary key (model, name))',
  // Answers to POSTs with an Idempotency-Key, kept for 24 hours.
  `create table if not exists tessera_idempotency (
     owner uuid not null, key text not null, route text not null, request text not null, status integer not null, headers jsonb not null,
     body text not null, record uuid, at timestamptz not null default now(), primary key (owner, key, route))`,
  'create index if not exists tessera_idempotency_at on tessera_idempotency (at)',
  // How often somebody tried: of no worth after a crash, so it is not logged.
  'create unlogged table if not exists tessera_limit (what text primary key, count integer not null, until timestamptz not null)',
  'create index if not exists tessera_limit_until on tessera_limit (until)',
  // Module operations and how far they are: written outside their transactions, so that others can watch.
  `create table if not exists tessera_operation (
     id uuid primary key, verb text not null, names text[] not null, digest text not null, asked_by text, state text not null default 'running',
     step integer not null default 0, steps integer not null default 0, doing text not null default '', error text, result jsonb,
     begun_at timestamptz not null default now(), updated_at timestamptz not null default now(), ended_at timestamptz)`,
  // What was agreed to, and when each step began.
  `alter table tessera_operation add column if not exists plan jsonb, add column if not exists log jsonb not null default '[]'`,
  // Indexes on large tables, built after the operation that needs them while everybody works.
  // Backfills of many records that are not done yet, and the record up to which they are.
  `create table if not exists tessera_backfill (
     module text not null, name text not null, model text not null, required text[] not null default '{}', rows integer not null,
     done integer not null default 0, after uuid, again boolean not null default false, filled boolean not null default false, error text,
     begun_at timestamptz not null default now(), updated_at timestamptz not null default now(), primary key (module, name))`,
  `create table if not exists tessera_index (name text primary key, module text, sql text not null, error text)`,
]
