/** The outcome of something that may fail in ways its caller has to think about. */
export type Result<T, E> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly error: E };

/** A result that holds a value. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
	return { ok: true, value };
}

/** A result that holds what went wrong. */
export function failed<E>(error: E): { readonly ok: false; readonly error: E } {
	return { ok: false, error };
}

/** For the end of a switch over a closed set: the compiler proves that nothing is left. */
export function unreachable(value: never): never {
	throw new Error(`a closed set has a value it does not list: ${String(value)}`);
}
