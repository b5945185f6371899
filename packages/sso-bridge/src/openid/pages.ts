import type { IncomingMessage } from 'node:http';
import type { LibraryRecord } from '@understory/core/register.ts';
import { contentSecurityPolicy } from '@understory/http/app.ts';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Context } from '../context.ts';
import type { EndingPlace } from '../upstream/ending.ts';
import { nameOf } from '../upstream/ways-in.ts';
import { frame, readerFor } from '../web/frame.ts';
import type { Destination } from './clients.ts';
import type { SignOut } from './sign-out.ts';

/** The pages oidc-provider asks for, in our frame and words. They run under Koa, so the language is read by hand. */
export function issuerPages(
	context: Context,
	library: LibraryRecord,
	destinations: ReadonlyMap<string, Destination>,
	signOut: SignOut,
) {
	function show(
		ctx: KoaContextWithOIDC,
		page: { view: string; title: string; data?: object; to?: readonly string[] },
	): void {
		const language = languageIn(ctx.req);
		const title = context.design.t(language, page.title);
		const data = { page: { ...frame(context, library, language), title }, ...page.data };
		ctx.type = 'html';
		ctx.set('content-security-policy', contentSecurityPolicy(page.to));
		ctx.set('cache-control', 'no-store');
		ctx.body = context.design.render(page.view, data, readerFor(context, library, language));
	}

	/** The origins the form of a page may end at: those of the client that sent the visitor, which may be known by the sign-in it began only. */
	function destinationOf(ctx: KoaContextWithOIDC): string[] {
		const began: unknown = ctx.oidc.entities.Interaction?.params.client_id;
		const at = destinations.get(ctx.oidc.client?.clientId ?? String(began));
		if (!at) return [];
		const back = at.foreign ? [...at.foreign.redirect_uris, ...at.foreign.post_logout_redirect_uris] : [];
		return [...new Set([at.origin, ...back].map((url) => new URL(url).origin))];
	}

	/** Signed out here, and the provider they came from still knows them: theirs to say whether it should. */
	function stillThere(ctx: KoaContextWithOIDC) {
		return ({ way, url }: EndingPlace, back: string): void => {
			const branch = destinations.get(ctx.oidc.client?.clientId ?? '');
			const name = nameOf(way, languageIn(ctx.req));
			ctx.status = 200;
			show(ctx, {
				view: 'card/provider-out',
				title: 'provider.out.title',
				data: { name, url, back, branch },
			});
		};
	}

	return {
		async refused(
			ctx: KoaContextWithOIDC,
			out: { error: string; error_description?: string },
		): Promise<void> {
			if (isForgottenHint(ctx, out)) return askInstead(ctx);
			context.log.warn('openid_refused', { library: library.slug, error_code: out.error });
			const which = ctx.status >= 500 ? 'elsewhere.failed' : 'card.refused';
			const data = { title: `${which}.title`, lead: `${which}.lead` };
			show(ctx, { view: 'card/message', title: data.title, data });
		},
		signOut: {
			/** Somebody is signed in here. Asked is only where the sign-out came without a word from whom, or from somebody else. */
			async logoutSource(ctx: KoaContextWithOIDC, form: string): Promise<void> {
				if (await signOut.end(ctx, stillThere(ctx))) return;
				const { action, fields } = formIn(form);
				const to = destinationOf(ctx);
				show(ctx, { view: 'card/sign-out', title: 'card.sign_out.title', data: { action, fields }, to });
			},
			async postLogoutSuccessSource(ctx: KoaContextWithOIDC): Promise<void> {
				const data = { title: 'card.signed_out.title', lead: 'card.signed_out.lead' };
				show(ctx, { view: 'card/message', title: data.title, data });
			},
		},
		/** Where oidc-provider would send a form by script, nothing is left to be asked, or (somebody else was signed in) a button stands instead. */
		async withoutScripts(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
			await next();
			const { body } = ctx;
			if (typeof body !== 'string' || !body.includes('document.forms[0].submit()')) return;
			if (ctx.oidc.route === 'end_session' && (await signOut.end(ctx, stillThere(ctx)))) return;
			const { action, fields } = formIn(body);
			const to = destinationOf(ctx);
			show(ctx, { view: 'card/go-on', title: 'card.go_on.title', data: { action, fields }, to });
		},
	};
}

/** Does somebody sign out with a token that we cannot check, since its key was withdrawn, or somebody changed it? */
function isForgottenHint(ctx: KoaContextWithOIDC, out: { error_description?: string }): boolean {
	return ctx.oidc?.route === 'end_session' && out.error_description === 'could not validate id_token_hint';
}

/** Then the token says nothing, and the person is asked. Whether they may be led back to where they came from is checked again. */
function askInstead(ctx: KoaContextWithOIDC): void {
	const { aud } =
		(ctx.oidc.entities.IdTokenHint as { payload: { aud?: unknown } } | undefined)?.payload ?? {};
	const back = ctx.oidc.params?.post_logout_redirect_uri;
	const to = new URL(ctx.oidc.urlFor('end_session'));
	if (typeof aud === 'string') to.searchParams.set('client_id', aud);
	if (typeof back === 'string') to.searchParams.set('post_logout_redirect_uri', back);
	ctx.status = 303;
	ctx.redirect(to.href);
}

/** The form oidc-provider wrote, taken apart; it escapes what it puts in, and our template does so again. */
function formIn(html: string): { action: string; fields: { name: string; value: string }[] } {
	const action = unescaped(/action="([^"]*)"/.exec(html)?.[1] ?? '');
	const inputs = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
	const fields = [...inputs].map(([, name = '', value = '']) => ({ name, value: unescaped(value) }));
	return { action, fields };
}

function unescaped(text: string): string {
	const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
	return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => signs[name]!);
}

function languageIn(request: IncomingMessage): string {
	const kept = /(?:^|;\s*)lang=(en|es)\b/.exec(request.headers.cookie ?? '')?.[1];
	return kept ?? (/^\s*es\b/i.test(request.headers['accept-language'] ?? '') ? 'es' : 'en');
}
