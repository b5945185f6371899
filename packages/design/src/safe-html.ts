/** Markup that was sanitised when it was written. Only the `post-body` helper emits it; a plain string is always escaped. */
export class TrustedHtml {
	readonly html: string;

	constructor(html: string) {
		this.html = html;
	}
}

/** Marks markup as sanitised. Call it only where the sanitised column of a store is read. */
export function trustedHtml(html: string): TrustedHtml {
	return new TrustedHtml(html);
}
