import { getTranslations } from "next-intl/server";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { IdempotencyKey, TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { PlusIcon } from "@/components/ui/icons";
import { Submit } from "@/components/ui/submit";
import { mayHere } from "@/features/shell/data";
import { formState } from "@/lib/http/form-state";

/** Absent for those who may only read. `answersLink`: opens on ?action=create as well. */
export async function CreateProject({ slug, answersLink = false }: { slug: string; answersLink?: boolean }) {
  const [t, state, allowed] = await Promise.all([getTranslations("projects"), formState("create-project"), mayHere(slug, "content.write")]);
  if (!allowed) return null;
  return (
    <Dialog
      trigger={<><PlusIcon />{t("create")}</>}
      triggerLook={{ variant: answersLink ? "primary" : "secondary" }}
      title={t("createTitle")}
      text={t("createText")}
      openWhen={answersLink ? "create" : undefined}
    >
      <Form action={`/api/tenants/${slug}/projects`} state={state}>
        <IdempotencyKey value={crypto.randomUUID()} />
        <TextField name="name" label={t("name")} required maxLength={80} />
        <DialogActions cancel={t("cancel")}>
          <Submit>{t("create")}</Submit>
        </DialogActions>
      </Form>
    </Dialog>
  );
}
