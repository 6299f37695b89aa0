using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Streams.Answers;
using Stromboli.Operator.Streams.Requests;

namespace Stromboli.Operator.Streams.Identity;

/// <summary>Asks the API server whether a user may read a subresource.</summary>
internal sealed class AccessReviewer(KubeClient client)
{
    /// <summary>Refuses a user who may not read the subresource.</summary>
    /// <exception cref="StatusException">The user may not, or the API server did not answer.</exception>
    public async Task DemandAsync(UserIdentity user, StreamRoute route, CancellationToken cancellationToken)
    {
        try
        {
            var review = await client.CreateAsync(
                BuiltIn.SubjectAccessReviews,
                ReviewOf(user, route),
                cancellationToken: cancellationToken
            );
            if (review.Status is not { Allowed: true, Denied: not true })
            {
                throw StatusException.Forbidden(
                    $"{route.Resource.Resource}.{StreamsApi.Group} \"{route.Key.Name}\" is forbidden: User \"{user.Name}\" cannot get resource \"{route.Resource.FullName}\" in API group \"{StreamsApi.Group}\" in the namespace \"{route.Key.Namespace}\""
                );
            }
        }
        catch (Exception e) when (e is ApiException or KubeConfigException)
        {
            throw StatusException.Unavailable($"The operator cannot check the rights of the user: {e.Message}");
        }
    }

    /// <summary>The question to the API server.</summary>
    internal static SubjectAccessReview ReviewOf(UserIdentity user, StreamRoute route) =>
        new()
        {
            Spec = new SubjectAccessReviewSpec
            {
                User = user.Name,
                Uid = user.Uid,
                Groups = [.. user.Groups],
                Extra = user.Extra.ToDictionary(pair => pair.Key, pair => pair.Value.ToList()),
                ResourceAttributes = new ResourceAttributes
                {
                    Verb = "get",
                    Group = StreamsApi.Group,
                    Version = StreamsApi.Version,
                    Namespace = route.Key.Namespace,
                    Resource = route.Resource.Resource,
                    Subresource = route.Resource.Subresource,
                    Name = route.Key.Name,
                },
            },
        };
}
