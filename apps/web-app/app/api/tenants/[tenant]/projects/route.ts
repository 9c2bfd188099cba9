export { createProject as POST } from "@/features/projects/forms";
