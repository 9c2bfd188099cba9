export { renameTenant as POST } from "@/features/tenants/forms";
