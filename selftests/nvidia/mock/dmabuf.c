// SPDX-License-Identifier: GPL-2.0
/*
 * Video memory as a dma-buf: kernel-open/nvidia/nv-dmabuf.c. The buffer holds
 * the memory until it is released, whatever becomes of the client.
 */
#include <linux/dma-buf.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "file.h"
#include "release.h"
#include "rm.h"

#define MAX_HANDLES 128
#define NV_ERR_OPERATING_SYSTEM 0x59

/* As MODULE_IMPORT_NS() says it, whose argument 6.13 changed. */
MODULE_INFO(import_ns, "DMA_BUF");

/* nv_ioctl_export_to_dma_buf_fd_t, up to its arrays */
struct dmabuf_params {
	s32 fd;
	u32 client;
	u32 total;
	u32 count;
	u32 index;
	u32 pad;
	u64 size;
};

/* nv_dma_buf_file_private_t */
struct nv_dmabuf {
	struct mock_gpu *gpu;
	struct mutex lock;	/* protects holders */
	u32 total;
	struct mock_holder *holders;
};

static struct sg_table *nv_dma_buf_map(struct dma_buf_attachment *attachment,
				       enum dma_data_direction direction)
{
	/* Nothing here could be reached by another device. */
	return ERR_PTR(-EOPNOTSUPP);
}

static void nv_dma_buf_unmap(struct dma_buf_attachment *attachment,
			     struct sg_table *table,
			     enum dma_data_direction direction)
{
}

static void dmabuf_free(struct nv_dmabuf *priv)
{
	u32 i;

	for (i = 0; i < priv->total; i++)
		mock_phys_drop(&priv->holders[i]);
	kvfree(priv->holders);
	kfree(priv);
}

static noinline void nv_dma_buf_release(struct dma_buf *buf)
{
	mutex_lock(&mock_rm_lock);
	dmabuf_free(buf->priv);
	mutex_unlock(&mock_rm_lock);
}

static const struct dma_buf_ops nv_dma_buf_ops = {
	.map_dma_buf = nv_dma_buf_map,
	.unmap_dma_buf = nv_dma_buf_unmap,
	.release = nv_dma_buf_release,
};

static u32 hold_locked(struct nv_dmabuf *priv, const struct dmabuf_params *p,
		       const u32 *handles)
{
	const struct mock_caller any = { .kernel = true };
	struct mock_object *object;
	struct mock_client *client;
	u32 i, status = mock_client_get(&any, p->client, &client);

	if (status)
		return status;
	for (i = 0; i < p->count; i++) {
		object = mock_object_find(client, handles[i]);
		if (!object)
			return NV_ERR_OBJECT_NOT_FOUND;
		if (!object->holder.phys || object->kind != KIND_VIDMEM ||
		    object->gpu != priv->gpu)
			return NV_ERR_INVALID_ARGUMENT;
		if (priv->holders[p->index + i].phys)
			return NV_ERR_IN_USE;
	}
	for (i = 0; i < p->count; i++) {
		object = mock_object_find(client, handles[i]);
		mock_phys_hold(&priv->holders[p->index + i],
			       object->holder.phys, NULL);
	}
	return NV_OK;
}

/*
 * nv_dma_buf_dup_mem_handles(): with the kernel's privilege. That the client is
 * the caller's is checked by the process (rm_dma_buf_get_client_and_device).
 */
static u32 hold(struct nv_dmabuf *priv, const struct dmabuf_params *p,
		const u32 *handles)
{
	struct mock_client *client;
	u32 status;

	mutex_lock(&mock_rm_lock);
	client = mock_client_find(p->client);
	if (client && client->pid != task_tgid_nr(current))
		status = NV_ERR_INVALID_CLIENT;
	else
		status = hold_locked(priv, p, handles);
	mutex_unlock(&mock_rm_lock);
	return status;
}

static struct nv_dmabuf *dmabuf_alloc(struct mock_gpu *gpu, u32 total)
{
	struct nv_dmabuf *priv = kzalloc(sizeof(*priv), GFP_KERNEL);

	if (!priv)
		return NULL;
	priv->holders = kvcalloc(total, sizeof(*priv->holders), GFP_KERNEL);
	if (!priv->holders) {
		kfree(priv);
		return NULL;
	}
	priv->gpu = gpu;
	priv->total = total;
	mutex_init(&priv->lock);
	return priv;
}

static u32 dmabuf_create(struct mock_gpu *gpu, struct dmabuf_params *p,
			 const u32 *handles)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct nv_dmabuf *priv;
	struct dma_buf *buf;
	u32 status;
	int fd;

	priv = dmabuf_alloc(gpu, p->total);
	if (!priv)
		return NV_ERR_NO_MEMORY;
	status = hold(priv, p, handles);
	if (status) {
		dmabuf_free(priv);
		return status;
	}
	info.ops = &nv_dma_buf_ops;
	info.size = p->size;
	info.flags = O_RDWR | O_CLOEXEC;
	info.priv = priv;
	buf = dma_buf_export(&info);
	if (IS_ERR(buf)) {
		dmabuf_free(priv);
		return NV_ERR_OPERATING_SYSTEM;
	}
	fd = dma_buf_fd(buf, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		dma_buf_put(buf);
		return NV_ERR_OPERATING_SYSTEM;
	}
	p->fd = fd;
	return NV_OK;
}

static u32 dmabuf_reuse(struct mock_gpu *gpu, struct dmabuf_params *p,
			const u32 *handles)
{
	struct dma_buf *buf = dma_buf_get(p->fd);
	struct nv_dmabuf *priv;
	u32 status = NV_ERR_INVALID_ARGUMENT;

	if (IS_ERR(buf))
		return NV_ERR_OPERATING_SYSTEM;
	if (buf->ops == &nv_dma_buf_ops) {
		priv = buf->priv;
		mutex_lock(&priv->lock);
		if (p->count <= priv->total &&
		    p->index <= priv->total - p->count && priv->gpu == gpu)
			status = hold(priv, p, handles);
		mutex_unlock(&priv->lock);
	}
	dma_buf_put(buf);
	return status;
}

/**
 * nv_dma_buf_export() - NV_ESC_EXPORT_TO_DMABUF_FD
 * @nv: of which GPU
 * @params: nv_ioctl_export_to_dma_buf_fd_t
 *
 * Return: NV_OK or what is wrong.
 */
u32 nv_dma_buf_export(struct nv_state *nv, void *params)
{
	struct dmabuf_params *p = params;
	const u32 *handles = params + (mock_release->dmabuf_shift ? 36 : 32);

	if (!p->size || !p->count || !p->total || p->count > MAX_HANDLES ||
	    p->count > p->total || p->total > MAX_HANDLES)
		return NV_ERR_INVALID_ARGUMENT;
	if (p->fd < -1)
		return NV_ERR_INVALID_ARGUMENT;
	if (p->fd >= 0)
		return dmabuf_reuse(nv_gpu(nv), p, handles);
	if (p->index > p->total - p->count)
		return NV_ERR_INVALID_ARGUMENT;
	return dmabuf_create(nv_gpu(nv), p, handles);
}
