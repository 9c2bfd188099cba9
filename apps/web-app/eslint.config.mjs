import next from "@next/eslint-plugin-next";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: [".next/**", "node_modules/**", "lib/api/schema.d.ts", "next-env.d.ts", "tests/.output/**"] },
  ...ts.configs.strict,
  ...ts.configs.stylistic,
  a11y.flatConfigs.strict,
  hooks.configs.flat.recommended,
  {
    plugins: { "@next/next": next },
    rules: {
      ...next.configs.recommended.rules,
      ...next.configs["core-web-vitals"].rules,
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-console": "error",
      "no-restricted-imports": [
        "error",
        { paths: [{ name: "next/font/google", message: "The build has no network: use next/font/local." }] },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "ExpressionStatement[directive='use server']",
          message: "No Server Actions: mutations are forms posting to route handlers.",
        },
      ],
    },
  },
  // Command-line tools print; that is what they are for.
  { files: ["scripts/**", "tests/**"], rules: { "no-console": "off" } },
);
