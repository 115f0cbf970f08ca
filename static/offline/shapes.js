// What may stand in a certificate's files. The shapes are those of app/awards/proofs/shapes.json, which the program on the
// server's side reads by as well; app/awards/proofs/shapes.py is the same as this, in Python.
/* global SHAPES */

import { bytesOf, isSame, textOf } from "./bytes.js";

const DEEPEST = 16;
const patterns = new Map(Object.entries(SHAPES.patterns).map(([shape, pattern]) => [shape, new RegExp(`^(?:${pattern})$`, "u")]));
const names = new RegExp(`^(?:${SHAPES.names})$`, "u");

/** What was read is not what it should be; `reason` is one of those that words.json puts into a sentence. */
export class Unfit extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export function readShape(raw, shape) {
  const value = parsed(raw, shape);
  if (!fits(value, shape)) throw new Unfit("wrong-shape");
  return value;
}

export function readCanonical(raw, shape) {
  const value = parsed(raw, shape);
  if (!isSame(canonical(value), raw)) throw new Unfit("not-canonical");
  if (!fits(value, shape)) throw new Unfit("wrong-shape");
  return value;
}

/** Write a value in its one way (RFC 8785). */
export const canonical = (value) => bytesOf(spelled(value));

function spelled(value) {
  if (Array.isArray(value)) return `[${value.map(spelled).join(",")}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.keys(value).sort().map((name) => `${spelled(name)}:${spelled(value[name])}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Unfit("not-canonical");
  if (typeof value === "string" && /[\ud800-\udfff]/u.test(value)) throw new Unfit("not-canonical");
  return JSON.stringify(Object.is(value, -0) ? 0 : value);
}

function parsed(raw, shape) {
  if (raw.length > SHAPES.largest[shape]) throw new Unfit("too-large");
  let value;
  try {
    value = JSON.parse(textOf(raw));
  } catch {
    throw new Unfit("not-canonical");
  }
  if (isDeeper(value, DEEPEST)) throw new Unfit("not-canonical");
  return value;
}

function isDeeper(value, levels) {
  if (value === null || typeof value !== "object") return false;
  return !levels || Object.values(value).some((each) => isDeeper(each, levels - 1));
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function fits(value, shape) {
  const inner = shape.slice(1, -1);
  switch (shape[0]) {
    case "?": return value === null || fits(value, shape.slice(1));
    case "[": return Array.isArray(value) && value.every((each) => fits(each, inner));
    case "{": return isObject(value) && Object.keys(value).every((name) => names.test(name) && fits(value[name], inner));
    case "=": return value === shape.slice(1);
    case "#": return value === Number(shape.slice(1));
    default: return Object.hasOwn(SHAPES.objects, shape) ? isOf(value, shape) : isPlain(value, shape);
  }
}

function isOf(value, shape) {
  const named = SHAPES.objects[shape];
  const wanted = Object.keys(named);
  if (!isObject(value) || !wanted.every((name) => Object.hasOwn(value, name))) return false;
  if (Object.keys(value).length !== wanted.length && !SHAPES.open.includes(shape)) return false;
  return wanted.every((name) => fits(value[name], named[name]));
}

function isPlain(value, shape) {
  if (shape === "boolean") return typeof value === "boolean";
  if (shape === "size") return Number.isSafeInteger(value) && value >= 0;
  return typeof value === "string" && patterns.get(shape).test(value) && isOnCalendar(value, shape);
}

function isOnCalendar(value, shape) {
  if (shape !== "date" && shape !== "instant") return true;
  const whole = shape === "date" ? `${value}T00:00:00Z` : value;
  const moment = new Date(whole);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === whole.replace("Z", ".000Z");
}
