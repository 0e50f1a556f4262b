"""What the module can do, for the panel and for Slicer's Python console; heavy work is in DeidentifyLib."""

import os

from .Errors import DeidentifyError
from .Translation import tr as _


class LogicMixin:
    """The methods of ``DeidentifyLogic``; each works without a panel.

    Options are a ``DeidentifyLib.options.Options``, a dict of its fields, or None for the Basic Profile.
    """

    def describe(self, options=None):
        """Return what the options do, in plain words, one sentence a line."""
        from DeidentifyLib.profile import describe_actions

        return describe_actions(self.options(options))

    def consequences(self, options=None):
        """Return what the options mean for the use of the data (SUV, intervals, Basic Profile)."""
        from DeidentifyLib.profile import consequences

        return consequences(self.options(options))

    @staticmethod
    def options(options=None):
        """Return an ``Options`` of a dict, of None, or of an ``Options`` itself."""
        from DeidentifyLib.options import Options

        if options is None:
            return Options()
        return options if isinstance(options, Options) else Options.from_dict(options)

    def scan(self, inputs, progress=None):
        """Return the subjects, studies and series in folders and files: a list of dicts, original values.

        Raises
        ------
        DeidentifyError
            If the inputs cannot be read.
        """
        from .Requests import SCAN, scanRequest

        return self._runChild(SCAN, scanRequest(paths(inputs)), progress)["subjects"]

    def preview(self, inputs, options=None, keyFile=None):
        """Return rows (dicts of path, keyword, original, result, action, reason) for one file or series.

        Raises
        ------
        DeidentifyError
            If the input cannot be read.
        """
        from .Requests import PREVIEW, previewRequest, previewRows

        request = previewRequest(paths(inputs), self.options(options), str(keyFile or ""))
        return previewRows(self._runChild(PREVIEW, request))

    def run(
        self,
        inputs,
        output,
        options=None,
        keyFile=None,
        jobs=0,
        series=None,
        masks=None,
        progress=None,
        finished=None,
        blocking=True,
    ):
        """De-identify folders, files or archives into a new folder, in a child process.

        Parameters
        ----------
        inputs : str or list of str
        output : str
            New or empty folder, or that of a stopped run, which is then continued.
        options : Options, dict or None
        keyFile : str, optional
            Project key; without it the key of the output's private folder is used, or made.
        jobs : int
            Processes; 0: automatic.
        series : list of str, optional
            SeriesInstanceUIDs to include; None for all.
        masks : dict, optional
            SimpleITK face masks by FrameOfReferenceUID.
        progress : callable(dict), optional
            Called with each progress message.
        finished : callable(dict), optional
            Called at the end with the last message: counts, report, exit_code.
        blocking : bool
            Wait for the end and return the last message; else return the running ``ChildProcess``, which has
            ``cancel()``.

        Raises
        ------
        PanelRequestError
            If the run cannot start: no input, output inside input, no write access.
        DeidentifyError
            If a blocking run fails.
        """
        from .MaskFiles import writeMasks
        from .Requests import RUN, privateFolder, runRequest

        request = runRequest(paths(inputs), str(output), self.options(options), str(keyFile or ""), jobs, series)
        request["masks"] = writeMasks(masks or {}, os.path.join(privateFolder(str(output)), "masks"))
        if blocking:
            last = self._runChild(RUN, request, progress)
            if not last["counts"]["inputs"]:
                raise DeidentifyError(_("There is no DICOM image in the input."))
            if finished is not None:
                finished(last)
            return last
        child = self.childProcess()

        def ended(exitCode, error):
            if finished is not None:
                finished({"exit_code": exitCode, "error": error, **child.lastMessage})

        child.start(RUN, request, progress, ended)
        return child

    def newKey(self, path):
        """Make a project key in a new file that only you can read, and return its fingerprint."""
        from DeidentifyLib.pseudonyms import Key

        return Key.new(path).fingerprint

    def fingerprint(self, keyFile):
        """Return the eight digits that tell project keys apart."""
        from DeidentifyLib.pseudonyms import Key

        return Key.read(keyFile).fingerprint

    def filesOfVolume(self, volumeNode):
        """Return the DICOM files that a volume was loaded from.

        Raises
        ------
        DeidentifyError
            If the volume has no DICOM origin or a file is gone.
        """
        from .VolumeFiles import filesOfVolume

        return filesOfVolume(volumeNode)

    def faceMask(self, volumeNode, segmentationNode=None):
        """Find the face in a head volume and return a ``FaceResult`` with a segmentation node and the verdict.

        Raises
        ------
        DeidentifyError
            If the volume cannot be used.
        """
        from .FaceMask import findFace, showMask

        found = findFace(volumeNode)
        found.segmentationNode = showMask(volumeNode, found, segmentationNode)
        return found

    def deface(self, volumeNode, mask=None, name=None):
        """Return a new volume node without the face; the volume itself stays as it is.

        Parameters
        ----------
        volumeNode : vtkMRMLScalarVolumeNode
        mask : vtkMRMLSegmentationNode, vtkMRMLLabelMapVolumeNode, numpy.ndarray or None
            What to remove; None: the face is found first. A mask of another geometry is resampled.
        name : str, optional
            Name of the new node.

        Raises
        ------
        DeidentifyError
            If no face is found, or the mask does not overlap the volume.
        """
        from .FaceMask import deface

        return deface(volumeNode, mask, name)

    def cleanScene(self, keyFile=None):
        """Remove identity from all nodes of the scene and return what was changed, in plain words.

        With a key the new names and UIDs agree with those of the de-identified files; without, they are random.
        """
        from .SceneCleaner import SceneCleaner

        return SceneCleaner.forScene(keyFile).clean()

    def childProcess(self):
        """Return a new child process; tests put another command in its place."""
        from .ChildProcess import ChildProcess

        return ChildProcess()

    def _runChild(self, arguments, request, progress=None):
        import slicer

        ends = []
        child = self.childProcess()
        child.start(arguments, request, progress, lambda exitCode, error: ends.append((exitCode, error)))
        child.wait(slicer.app.processEvents)
        exitCode, error = ends[0]
        last = child.lastMessage
        if not last or last.get("counts", last) is None or last.get("phase", "done") != "done":
            raise DeidentifyError(last.get("message") or error or _("The child process gave no result."))
        return {"exit_code": exitCode, **last}


def paths(inputs):
    """Return a list of paths of one path or of many."""
    return [str(inputs)] if isinstance(inputs, (str, os.PathLike)) else [str(path) for path in inputs]
