/** The part of an OpenAPI 3.1 document that the client is made from. */
export interface ApiDocument {
	readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, ApiSchema>> };
}

export interface ApiOperation {
	readonly operationId: string;
	readonly summary: string;
	readonly parameters?: readonly { readonly name: string; readonly in: string }[];
	readonly requestBody?: { readonly content: ApiContent };
	readonly responses: Readonly<Record<string, { readonly content?: ApiContent }>>;
}

type ApiContent = Readonly<Record<string, { readonly schema: ApiSchema }>>;

/** JSON Schema 2020-12, as far as the API uses it. */
export interface ApiSchema {
	readonly $ref?: string;
	readonly type?: string | readonly string[];
	readonly enum?: readonly (string | number | null)[];
	readonly const?: string | number | boolean | null;
	readonly anyOf?: readonly ApiSchema[];
	readonly oneOf?: readonly ApiSchema[];
	readonly allOf?: readonly ApiSchema[];
	readonly items?: ApiSchema;
	readonly properties?: Readonly<Record<string, ApiSchema>>;
	readonly required?: readonly string[];
	readonly additionalProperties?: boolean | ApiSchema;
	readonly description?: string;
}
