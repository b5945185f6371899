import type { IncomingMessage } from 'node:http';
import type { LibraryRecord } from '@understory/core/register.ts';
import { contentSecurityPolicy } from '@understory/http/app.ts';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Context } from '../context.ts';
import { frame, readerFor } from './frame.ts';

/** The pages oidc-provider asks for, in our frame and words. They run under Koa, so the language is read by hand. */
export const errorPages = {
	render:
		(context: Context, library: LibraryRecord) => async (ctx: KoaContextWithOIDC, out: { error: string }) => {
			context.log.warn('openid_refused', { library: library.slug, error_code: out.error });
			show(context, library, ctx, 'card/refused', 'card.refused.title', {});
		},
	logout: (context: Context, library: LibraryRecord) => ({
		// The form is oidc-provider's own, with its token; what stands round it is ours, and nothing submits itself.
		async logoutSource(ctx: KoaContextWithOIDC, form: string) {
			const action = /action="([^"]+)"/.exec(form)?.[1] ?? '';
			const token = /name="xsrf" value="([^"]+)"/.exec(form)?.[1] ?? '';
			const back = originOf(ctx.oidc.params?.post_logout_redirect_uri);
			show(
				context,
				library,
				ctx,
				'card/sign-out',
				'card.sign_out.title',
				{ action, token },
				back ? [back] : [],
			);
		},
		async postLogoutSuccessSource(ctx: KoaContextWithOIDC) {
			show(context, library, ctx, 'card/signed-out', 'card.signed_out.title', {});
		},
	}),
};

function show(
	context: Context,
	library: LibraryRecord,
	ctx: KoaContextWithOIDC,
	view: string,
	title: string,
	data: object,
	formAction: readonly string[] = [],
): void {
	const language = languageIn(ctx.req);
	const page = { ...frame(context, library, language), title: context.design.t(language, title) };
	ctx.type = 'html';
	ctx.set('content-security-policy', contentSecurityPolicy(formAction));
	ctx.set('cache-control', 'no-store');
	ctx.body = context.design.render(view, { page, ...data }, readerFor(context, library, language));
}

function languageIn(request: IncomingMessage): string {
	const kept = /(?:^|;\s*)lang=(en|es)\b/.exec(request.headers.cookie ?? '')?.[1];
	return kept ?? (/^\s*es\b/i.test(request.headers['accept-language'] ?? '') ? 'es' : 'en');
}

function originOf(url: unknown): string | null {
	return typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : null;
}
