namespace Stromboli.Operator.Nodes;

/// <summary>Tells nodes which images to pull before a run needs them.</summary>
internal interface INodeImages
{
    /// <summary>
    /// Sends the desired images to the node, if it has a link. Does nothing if the node was already sent these images, so callers may
    /// repeat the call.
    /// </summary>
    void SendImages(string node, IReadOnlyList<string> images);
}
