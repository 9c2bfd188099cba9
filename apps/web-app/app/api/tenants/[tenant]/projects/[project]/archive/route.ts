export { archiveProject as POST } from "@/features/projects/forms";
