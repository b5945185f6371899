import type { Keyring } from '../keyring.ts';

/** What was sealed under this name; an empty text when it was destroyed by the schedule (`retention.ts`). */
export function unsealed({ keyring }: { readonly keyring: Keyring }, about: string, sealed: string): string {
	return sealed === '' ? '' : keyring.unseal(about, sealed);
}

/** The same by paragraphs; none of what was destroyed. */
export function paragraphsIn(
	context: { readonly keyring: Keyring },
	about: string,
	sealed: string,
): string[] {
	return unsealed(context, about, sealed)
		.split(/\n+/)
		.filter((line) => line !== '');
}
