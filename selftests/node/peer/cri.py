# SPDX-License-Identifier: GPL-2.0
"""A container runtime that runs nothing.

It notes what the kubelet asks of it and says that all is well. Its interface is
the kubelet's own, from the source that the kubelet was built from.
"""

import time
from concurrent import futures

import cri_pb2 as pb
import grpc


def fits(one, wanted):
    """Does that match the kubelet's filter?"""
    labels = one.config.labels
    return (all(labels.get(k) == v for k, v in wanted.label_selector.items())
            and (not wanted.id or wanted.id == one.id))


class Thing:
    """A sandbox or a container."""

    def __init__(self, number, config, state, sandbox=''):
        self.id = f'{number:064x}'
        self.config = config
        self.state = state
        self.sandbox = sandbox
        self.at = time.time_ns()

    def fill(self, message):
        """What all descriptions of it have."""
        message.id = self.id
        message.state = self.state
        message.created_at = self.at
        message.metadata.CopyFrom(self.config.metadata)
        message.labels.update(self.config.labels)
        message.annotations.update(self.config.annotations)
        if self.sandbox:
            message.image.CopyFrom(self.config.image)
            message.image_ref = self.config.image.image
        return message


class Runtime(grpc.GenericRpcHandler):
    """The services; a method of this class is a method of theirs."""

    def __init__(self, socket):
        self.sandboxes = {}
        self.containers = {}
        self.created = []
        self.next = 0
        self.server = grpc.server(futures.ThreadPoolExecutor(4), [self])
        self.server.add_insecure_port(f'unix:{socket}')
        self.server.start()

    def service(self, handler_call_details):
        name = handler_call_details.method.rsplit('/', 1)[1]
        method = getattr(self, name, None)
        if not method:
            return None
        return grpc.unary_unary_rpc_method_handler(
            lambda request, _: method(request),
            request_deserializer=getattr(pb, name + 'Request').FromString,
            response_serializer=lambda message: message.SerializeToString())

    def make(self, where, config, state, sandbox=''):
        """A new sandbox or container."""
        self.next += 1
        one = Thing(self.next, config, state, sandbox)
        where[one.id] = one
        return one.id

    def container(self, pod):
        """What the kubelet wanted for the container of that pod."""
        for config in self.created:
            if config.labels['io.kubernetes.pod.name'] == f'{pod}-node':
                return config
        return None

    # pylint: disable=invalid-name,missing-function-docstring

    def Version(self, _):
        return pb.VersionResponse(
            version='0.1.0', runtime_name='noting', runtime_version='1',
            runtime_api_version='v1alpha2')

    def Status(self, _):
        return pb.StatusResponse(status=pb.RuntimeStatus(conditions=[
            pb.RuntimeCondition(type=kind, status=True)
            for kind in ('RuntimeReady', 'NetworkReady')]))

    def UpdateRuntimeConfig(self, _):
        return pb.UpdateRuntimeConfigResponse()

    def RunPodSandbox(self, request):
        return pb.RunPodSandboxResponse(pod_sandbox_id=self.make(
            self.sandboxes, request.config, pb.SANDBOX_READY))

    def StopPodSandbox(self, request):
        if request.pod_sandbox_id in self.sandboxes:
            self.sandboxes[request.pod_sandbox_id].state = pb.SANDBOX_NOTREADY
        return pb.StopPodSandboxResponse()

    def RemovePodSandbox(self, request):
        self.sandboxes.pop(request.pod_sandbox_id, None)
        return pb.RemovePodSandboxResponse()

    def PodSandboxStatus(self, request):
        one = self.sandboxes[request.pod_sandbox_id]
        status = one.fill(pb.PodSandboxStatus())
        status.linux.namespaces.options.CopyFrom(
            one.config.linux.security_context.namespace_options)
        return pb.PodSandboxStatusResponse(status=status)

    def ListPodSandbox(self, request):
        return pb.ListPodSandboxResponse(items=[
            one.fill(pb.PodSandbox())
            for one in list(self.sandboxes.values())
            if fits(one, request.filter)])

    def CreateContainer(self, request):
        self.created.append(request.config)
        return pb.CreateContainerResponse(container_id=self.make(
            self.containers, request.config, pb.CONTAINER_CREATED,
            request.pod_sandbox_id))

    def StartContainer(self, request):
        one = self.containers[request.container_id]
        one.state = pb.CONTAINER_RUNNING
        return pb.StartContainerResponse()

    def StopContainer(self, request):
        one = self.containers[request.container_id]
        one.state = pb.CONTAINER_EXITED
        return pb.StopContainerResponse()

    def RemoveContainer(self, request):
        self.containers.pop(request.container_id, None)
        return pb.RemoveContainerResponse()

    def ListContainers(self, request):
        items = []
        for one in list(self.containers.values()):
            if fits(one, request.filter):
                item = one.fill(pb.Container())
                item.pod_sandbox_id = one.sandbox
                items.append(item)
        return pb.ListContainersResponse(containers=items)

    def ContainerStatus(self, request):
        one = self.containers[request.container_id]
        status = one.fill(pb.ContainerStatus())
        status.started_at = one.at
        return pb.ContainerStatusResponse(status=status)

    def ListContainerStats(self, _):
        return pb.ListContainerStatsResponse()

    def ListImages(self, _):
        return pb.ListImagesResponse()

    def ImageStatus(self, request):
        name = request.image.image
        return pb.ImageStatusResponse(image=pb.Image(
            id=name, repo_tags=[name], size=1))

    def PullImage(self, request):
        return pb.PullImageResponse(image_ref=request.image.image)

    def ImageFsInfo(self, _):
        return pb.ImageFsInfoResponse()
