export { createTenant as POST } from "@/features/tenants/forms";
