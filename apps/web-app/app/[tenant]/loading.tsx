import { Panel } from "@/components/ui/layout";
import { PageSkeleton, RowsSkeleton } from "@/components/ui/states";

export default function Loading() {
  return (
    <PageSkeleton>
      <Panel flush>
        <RowsSkeleton rows={5} />
      </Panel>
    </PageSkeleton>
  );
}
