"""Face masks of the user on their way to the child process: files in the private folder of the run."""

import os


def writeMasks(masks, folder):
    """Write masks as compressed NRRD files that only the user can read, and return their paths.

    Parameters
    ----------
    masks : dict
        SimpleITK image (nonzero: remove) by FrameOfReferenceUID.
    folder : str
        Made if needed; the names in it are numbers.

    Returns
    -------
    dict
        Path by FrameOfReferenceUID.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    if not masks:
        return {}
    import SimpleITK as sitk

    private = os.path.dirname(folder)
    for path in (private, folder):
        os.makedirs(path, mode=0o700, exist_ok=True)
    paths = {}
    for number, (uid, mask) in enumerate(sorted(masks.items()), start=1):
        path = os.path.join(folder, f"mask-{number}.nrrd")
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        sitk.WriteImage(sitk.Cast(mask > 0, sitk.sitkUInt8), path, True)
        paths[uid] = path
    return paths
